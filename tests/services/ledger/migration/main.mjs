// Has the new version give each entry a currency, page by page. Run again, it finds what is left.
const { env } = process;
let changed = 0;
let from = null;
do {
  const answer = await fetch(`${env.SOUNDBITE_MIGRATION_DOOR}/components/book/invoke`, {
    method: 'POST',
    headers: { 'x-soundbite-token': env.SOUNDBITE_MIGRATION_TOKEN ?? '' },
    body: JSON.stringify({ from }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  const page = JSON.parse(text);
  changed += page.changed;
  from = page.next;
} while (from !== null);
const detail = `${changed} entries changed, attempt ${env.SOUNDBITE_MIGRATION_ATTEMPT}`;
console.log(JSON.stringify({ fact: 'entries-have-a-currency', ok: true, detail }));
