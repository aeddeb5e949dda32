// A message that the live version books is still on its way when the new one takes over: both must book it alike.
const { env } = process;
const event = { Records: [{ messageId: 'old', body: JSON.stringify({ id: 'a', cents: 100 }) }] };

async function booked(components) {
  const answer = await fetch(`${env.SOUNDBITE_COMPATIBILITY_DOOR}/${components}/book/invoke`, {
    method: 'POST',
    headers: { 'x-soundbite-token': env.SOUNDBITE_COMPATIBILITY_TOKEN ?? '' },
    body: JSON.stringify(event),
  });
  const text = await answer.text();
  return { text, cents: answer.ok ? JSON.parse(text).entries?.[0]?.cents : undefined };
}

const [now, next] = [await booked('live-components'), await booked('components')];
const ok = now.cents === undefined || now.cents === next.cents;
const detail = `the live version answers ${now.text}, the new one ${next.text}`;
console.log(JSON.stringify({ fact: 'books-messages-of-before', ok, detail }));
process.exitCode = ok ? 0 : 1;
