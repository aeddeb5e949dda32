// Tries a version more thoroughly than the smoke, where an environment has the gate `tests`.
const { SOUNDBITE_TESTS_DOOR: door, SOUNDBITE_TESTS_TOKEN: token } = process.env;

for (const name of ['Ada', 'Łucja', 'Rosalind']) {
  const query = new URLSearchParams({ name });
  const answer = await fetch(`${door}/version-on-trial/?${query}`, { headers: { 'x-soundbite-token': token ?? '' } });
  const text = await answer.text();
  const ok = answer.status === 200 && JSON.parse(text).greeting.startsWith(`Hello, ${name}!`);
  console.log(
    JSON.stringify({
      fact: `greets-${[...name].length}-letters`,
      ok,
      detail: `GET /?${query} answered ${answer.status}: ${text.slice(0, 200)}`,
    }),
  );
  if (!ok) process.exitCode = 1;
}
