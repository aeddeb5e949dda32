// Writes a note, which a rehearsal keeps none of, asks for one that nobody wrote, forgets it, and asks how many there are: three functions at one address.
const { SOUNDBITE_SMOKE_DOOR: door, SOUNDBITE_SMOKE_TOKEN: token, SOUNDBITE_SMOKE_RUN: id } = process.env;
const ask = async (path, init = {}) => {
  const answer = await fetch(`${door}/version-on-trial${path}`, { ...init, headers: { 'x-soundbite-token': token } });
  return { status: answer.status, text: await answer.text() };
};

const kept = await ask(`/notes/${id}`, { method: 'PUT', body: 'milk & honey' });
const missed = await ask(`/notes/${id}`);
const forgotten = await ask(`/notes/${id}`, { method: 'DELETE' });
const report = await ask('/report/all');
const facts = [
  ['keeps', kept.status === 200 && JSON.parse(kept.text).text === 'milk & honey', kept.text],
  ['misses', missed.status === 404 && JSON.parse(missed.text).id === id, missed.text],
  ['forgets', forgotten.status === 200 && JSON.parse(forgotten.text).forgotten === true, forgotten.text],
  ['reports', report.status === 200 && JSON.parse(report.text).path === '/report/all', report.text],
];
for (const [fact, ok, detail] of facts) console.log(JSON.stringify({ fact, ok, detail: detail.slice(0, 300) }));
process.exitCode = facts.every(([, ok]) => ok) ? 0 : 1;
