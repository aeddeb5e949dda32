// Writes a note, which a rehearsal keeps none of, and asks for one that nobody wrote.
const { SOUNDBITE_SMOKE_DOOR: door, SOUNDBITE_SMOKE_TOKEN: token, SOUNDBITE_SMOKE_RUN: id } = process.env;
const ask = async (path, init = {}) => {
  const answer = await fetch(`${door}/version-on-trial${path}`, { ...init, headers: { 'x-soundbite-token': token } });
  return { status: answer.status, text: await answer.text() };
};

const kept = await ask(`/notes/${id}`, { method: 'PUT', body: 'milk & honey' });
const missed = await ask(`/notes/${id}`);
const facts = [
  ['keeps', kept.status === 200 && JSON.parse(kept.text).text === 'milk & honey', kept.text],
  ['misses', missed.status === 404 && JSON.parse(missed.text).id === id, missed.text],
];
for (const [fact, ok, detail] of facts) console.log(JSON.stringify({ fact, ok, detail: detail.slice(0, 300) }));
process.exitCode = facts.every(([, ok]) => ok) ? 0 : 1;
