// Tries a new version before users meet it, and prints a fact as a line of JSON for each thing that it tried. One fact that is not
// ok stops the promotion: node_modules/soundbite/docs/reference/smoke-program.md
const { SOUNDBITE_SMOKE_DOOR: door, SOUNDBITE_SMOKE_TOKEN: token, SOUNDBITE_SMOKE_RUN: run } = process.env;

/** Asks the version on trial, whatever has the traffic. */
async function ask(method, path, body) {
  const response = await fetch(`${door}/version-on-trial${path}`, {
    method,
    headers: { 'x-soundbite-token': token, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const said = `${method} ${path} answered ${response.status}: ${text.slice(0, 200)}`;
  return { status: response.status, said, note: response.ok ? JSON.parse(text) : {} };
}

function fact(name, ok, detail) {
  console.log(JSON.stringify({ fact: name, ok, detail }));
  if (!ok) process.exitCode = 1;
}

const kept = await ask('POST', '/notes', { text: `smoke ${run}` });
fact('keeps-a-note', kept.status === 201 && typeof kept.note.id === 'string', kept.said);

const given = await ask('GET', `/notes/${kept.note.id}`);
fact('gives-it-back', given.note.text === `smoke ${run}`, given.said);

const unknown = await ask('GET', '/notes/unknown');
fact('knows-what-is-not-there', unknown.status === 404, unknown.said);
