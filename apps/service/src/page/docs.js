/** The page of the API: the OpenAPI document, written out for people. */

const api = await (await fetch('openapi.json')).json();
document.getElementById('place').textContent = `OpenAPI ${api.openapi}`;
document.getElementById('example').textContent = example(new URL('.', location.href).href.replace(/\/$/, ''));
document
  .getElementById('operations')
  .replaceChildren(
    ...Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => article(method, path, operation)),
    ),
  );

function example(base) {
  return [
    `curl -sX POST ${base}/soundbites -H 'content-type: application/json' -d '{"text":"Good morning!"}'`,
    `curl -s ${base}/soundbites/<id>`,
    `curl -sLo morning.wav ${base}/soundbites/<id>/audio`,
  ].join('\n');
}

function article(method, path, operation) {
  const box = element('article');
  const title = element('h2');
  title.append(element('span', 'method', method.toUpperCase()), element('code', '', path));
  box.append(title, element('p', '', [operation.summary, operation.description].filter(Boolean).join('. ')));
  if (operation.parameters) box.append(parameters(operation.parameters));
  const body = operation.requestBody?.content['application/json'].schema.$ref;
  if (body) box.append(members(resolve(body)));
  box.append(responses(operation.responses));
  return box;
}

function parameters(list) {
  return table(
    ['Parameter', 'In', 'Meaning'],
    list.map(({ name, in: place, description }) => [name, place, description]),
  );
}

function members(schema) {
  const required = new Set(schema.required ?? []);
  return table(
    ['Member', 'Type', 'Meaning'],
    Object.entries(schema.properties).map(([name, member]) => [
      required.has(name) ? `${name} (required)` : name,
      member.enum ? member.enum.join(' | ') : range(member),
      [member.description, member.default === undefined ? '' : `Default: ${member.default}`].filter(Boolean).join('. '),
    ]),
  );
}

function range({ type, minimum, maximum }) {
  return minimum === undefined ? type : `${type}, ${minimum} to ${maximum}`;
}

function responses(answers) {
  return table(
    ['Answer', 'Meaning'],
    Object.entries(answers).map(([status, { description }]) => [status, description]),
  );
}

function resolve(reference) {
  return api.components.schemas[reference.split('/').at(-1)];
}

function table(heads, rows) {
  const made = element('table');
  const head = made.createTHead().insertRow();
  for (const text of heads) head.append(Object.assign(element('th', '', text), { scope: 'col' }));
  const body = made.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const text of row) line.insertCell().textContent = text;
  }
  return made;
}

function element(name, className = '', textContent = '') {
  return Object.assign(document.createElement(name), { className, textContent });
}
