// Hands the version two messages, of which one is none, and reads what it would book.
const { SOUNDBITE_SMOKE_DOOR: door, SOUNDBITE_SMOKE_TOKEN: token } = process.env;

const record = (messageId, body) => ({ messageId, body: JSON.stringify(body) });
const event = { Records: [record('good', { id: 'a', cents: 250 }), record('bad', { id: 'b' })] };
const answer = await fetch(`${door}/components/book/invoke`, {
  method: 'POST',
  headers: { 'x-soundbite-token': token ?? '', 'content-type': 'application/json' },
  body: JSON.stringify(event),
});
const text = await answer.text();
const { entries = [], batchItemFailures = [] } = answer.ok ? JSON.parse(text) : {};
const facts = {
  books: entries.length === 1 && entries[0].cents === 250,
  'gives-back-what-it-cannot-read': batchItemFailures.length === 1 && batchItemFailures[0].itemIdentifier === 'bad',
};
for (const [fact, ok] of Object.entries(facts)) console.log(JSON.stringify({ fact, ok, detail: text.slice(0, 300) }));
process.exitCode = Object.values(facts).every(Boolean) ? 0 : 1;
