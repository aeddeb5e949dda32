// Tries a version before users meet it: prints a fact as a JSON line for each thing that it tried.
const { SOUNDBITE_SMOKE_DOOR: door, SOUNDBITE_SMOKE_TOKEN: token } = process.env;

const answer = await fetch(`${door}/version-on-trial/?name=Ada`, { headers: { 'x-soundbite-token': token ?? '' } });
const text = await answer.text();
const ok = answer.status === 200 && text.includes('Hello, Ada!');
console.log(
  JSON.stringify({ fact: 'greets', ok, detail: `GET /?name=Ada answered ${answer.status}: ${text.slice(0, 200)}` }),
);
process.exitCode = ok ? 0 : 1;
