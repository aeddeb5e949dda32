// Hands the version an event as a rule would, and reads what it would note.
const { SOUNDBITE_SMOKE_DOOR: door, SOUNDBITE_SMOKE_TOKEN: token } = process.env;

const answer = await fetch(`${door}/components/note/invoke`, {
  method: 'POST',
  headers: { 'x-soundbite-token': token ?? '', 'content-type': 'application/json' },
  body: JSON.stringify({ source: 'smoke', detail: { what: 'trial' } }),
});
const text = await answer.text();
const [note] = answer.ok ? JSON.parse(text).notes : [];
const ok = note?.what === 'trial' && note.kind.startsWith('note');
console.log(JSON.stringify({ fact: 'notes', ok, detail: text.slice(0, 300) }));
process.exitCode = ok ? 0 : 1;
