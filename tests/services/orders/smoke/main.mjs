// Takes an order of the version on trial, which places none in a rehearsal, and asks for a report.
const { SOUNDBITE_SMOKE_DOOR: door, SOUNDBITE_SMOKE_TOKEN: token } = process.env;
const headers = { 'x-soundbite-token': token ?? '', 'content-type': 'application/json' };
const post = async (path, body) => {
  const answer = await fetch(`${door}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, text, value: answer.ok ? JSON.parse(text) : {} };
};

const taken = await post('/version-on-trial/orders', { cents: 250 });
const refused = await post('/version-on-trial/orders', { cents: 'many' });
const report = await post('/components/report/invoke', {});
const facts = [
  ['takes', taken.status === 202 && taken.value.cents === 250, taken.text],
  ['refuses', refused.status === 400, refused.text],
  ['reports', Number.isInteger(report.value.cents), report.text],
];
for (const [fact, ok, detail] of facts) console.log(JSON.stringify({ fact, ok, detail: detail.slice(0, 300) }));
process.exitCode = facts.every(([, ok]) => ok) ? 0 : 1;
