/** The page at `/`: type a text, watch it being made, hear it. Plain modules, no library. Paths are relative: an edge may prefix them. */

const LOOK_MS = 250;
const AWAY_MS = 1000;
const STEPS = ['queued', 'working', 'ready'];

const $ = (id) => document.getElementById(id);
const form = $('form');
let current = 0;

$('text').addEventListener('input', showBytes);
$('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
$('speed').addEventListener('input', () => {
  $('speed-shown').value = `${Number($('speed').value)}×`;
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  if ($('speak').getAttribute('aria-disabled') !== 'true') void speak();
});

// After the listeners: a click that comes early must not send the form the browser's own way.
showBytes();
await Promise.all([showVersion(), showVoices(), showRecent()]);

async function speak() {
  const run = ++current;
  clearProblems();
  busy(true);
  try {
    const data = new FormData(form);
    const response = await fetch('soundbites', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey() },
      body: JSON.stringify({
        text: data.get('text'),
        voice: data.get('voice') || undefined, // not listed yet: the service's usual one
        format: data.get('format'),
        speed: Number(data.get('speed')),
      }),
    });
    const answer = await response.json();
    if (!response.ok) return showProblem(answer);
    await follow(answer, run);
  } catch (error) {
    $('problem').textContent = `The service could not be reached (${error.message}). Try again.`;
  } finally {
    busy(false);
  }
}

/** A key of this click's own, so that a repeated request makes no second soundbite. */
function idempotencyKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Watches a soundbite until it is ready or failed, then lets it be heard. */
async function follow(accepted, run) {
  let soundbite = accepted;
  showStatus(soundbite);
  while (soundbite.status !== 'ready' && soundbite.status !== 'failed') {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (run !== current) return;
    const response = await fetch(`soundbites/${soundbite.id}`).catch(() => undefined);
    $('problem').textContent = response ? '' : 'The service cannot be reached; your text is kept. Trying again.';
    if (!response) {
      await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
      continue;
    }
    if (response.status === 404) return showProblem({ detail: 'The soundbite was deleted.' });
    if (!response.ok) continue; // busy or restarting: it is kept, so go on looking
    soundbite = await response.json();
    showStatus(soundbite);
  }
  await showRecent();
  if (soundbite.status === 'ready') await hear(soundbite);
}

async function hear(soundbite) {
  const player = $('player');
  player.src = `soundbites/${soundbite.id}/audio`;
  player.hidden = false;
  $('facts').textContent =
    `${soundbite.audio.seconds.toFixed(1)} s · ${Math.ceil(soundbite.audio.bytes / 1024)} KiB · ${soundbite.voice}`;
  const playing = player.play().catch(() => {}); // a browser may ask for a click first: the controls are there
  await Promise.all([playing, drawWave(soundbite)]);
}

/** The sound's shape, from its own bytes. Decoration: without it the sound is heard all the same. */
async function drawWave(soundbite) {
  const canvas = $('wave');
  try {
    const response = await fetch(`soundbites/${soundbite.id}/audio?stream=1`);
    const context = new OfflineAudioContext(1, 1, 16000);
    const { length, ...sound } = await decode(context, await response.arrayBuffer());
    canvas.hidden = false;
    const pen = canvas.getContext('2d');
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = getComputedStyle(canvas).color;
    const bars = 200;
    const width = canvas.width / bars;
    for (let bar = 0; bar < bars; bar++) {
      let most = 0.01;
      for (let at = Math.floor((bar * length) / bars); at < ((bar + 1) * length) / bars; at++) {
        most = Math.max(most, Math.abs(sound.samples[at] ?? 0));
      }
      const height = most * canvas.height;
      pen.fillRect(bar * width, (canvas.height - height) / 2, width * 0.6, height);
    }
  } catch {
    canvas.hidden = true;
  }
}

async function decode(context, bytes) {
  const buffer = await context.decodeAudioData(bytes);
  return { samples: buffer.getChannelData(0), length: buffer.length };
}

function showStatus(soundbite) {
  $('making').hidden = false;
  const { status } = soundbite;
  const finished = status === 'ready' || status === 'failed';
  $('making').classList.toggle('making', !finished);
  for (const item of $('steps').children) {
    const place = STEPS.indexOf(item.dataset.step);
    const here = STEPS.indexOf(status);
    item.classList.toggle('done', here >= 0 && (place < here || status === 'ready'));
    item.classList.toggle('now', place === here);
    if (place === here) item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
  }
  const words = {
    queued: 'Queued: a worker will take it in a moment.',
    working: 'Being spoken.',
    ready: 'Ready.',
    failed: `It failed: ${soundbite.reason ?? 'no reason was given'}`,
  };
  $('spoken').textContent = soundbite.spoken === undefined ? '' : `Said as: ${soundbite.spoken}`;
  const line = $('status');
  if (line.textContent !== words[status]) line.textContent = words[status];
  line.classList.toggle('failed', status === 'failed');
  if (!finished) {
    for (const id of ['player', 'wave']) $(id).hidden = true;
    $('facts').textContent = '';
  }
}

/** A problem document: each error at its field, or below the form. */
function showProblem(problem) {
  const errors = problem.errors ?? [];
  const ofText = errors.filter(({ field }) => field === 'text');
  const others = errors.filter(({ field }) => field !== 'text');
  if (ofText.length > 0) {
    $('text').setAttribute('aria-invalid', 'true');
    $('text-problem').textContent = ofText.map(({ message }) => `The text ${message}.`).join(' ');
    $('text').focus();
    const at = ofText.find((error) => error.at !== undefined)?.at;
    if (at !== undefined) show($('text'), at.index, at.character.length);
  }
  if (ofText.length === 0 || others.length > 0) {
    $('problem').textContent =
      others.map(({ field, message }) => `${field} ${message}.`).join(' ') || problem.detail || 'That did not work.';
  }
}

/** Selects a part of a long text and brings it into sight. How far down it is, a copy tells that holds only what is before it. */
function show(field, index, length) {
  field.setSelectionRange(index, index + length);
  const copy = element('textarea', { value: field.value.slice(0, index), rows: 1, tabIndex: -1 });
  copy.className = 'copy';
  copy.style.width = `${field.offsetWidth}px`;
  field.after(copy);
  field.scrollTop = copy.scrollHeight - field.clientHeight / 2;
  copy.remove();
}

function clearProblems() {
  $('text').removeAttribute('aria-invalid');
  for (const id of ['text-problem', 'problem']) $(id).textContent = '';
}

function busy(yes) {
  $('speak').setAttribute('aria-disabled', String(yes));
}

function showBytes() {
  $('bytes').textContent = String(new TextEncoder().encode($('text').value).length);
}

/** What the service says of a path; undefined while it is away: what is decoration stays as it is. */
async function read(path) {
  const response = await fetch(path).catch(() => undefined);
  return response?.ok ? await response.json() : undefined;
}

async function showVersion() {
  const version = await read('version');
  if (version === undefined) return;
  const { release, environment, commit } = version;
  $('place').textContent = environment;
  $('release').textContent = `release ${release.slice(7, 19)}`;
  $('release').title = `${release}, commit ${commit}`;
}

async function showVoices() {
  const list = await read('voices');
  if (list === undefined) return;
  $('voice').replaceChildren(
    ...list.voices.map(
      ({ name, description }) => new Option(`${name[0].toUpperCase()}${name.slice(1)}: ${description}`, name),
    ),
  );
}

async function showRecent() {
  const recent = await read('soundbites?limit=8');
  if (recent === undefined) return;
  const { soundbites } = recent;
  $('recent').replaceChildren(...soundbites.map(recentItem));
  $('recent-none').hidden = soundbites.length > 0;
}

function recentItem(soundbite) {
  const words = element('span', { className: 'words', textContent: soundbite.text, title: soundbite.text });
  const about = element('span', { className: 'about', textContent: `${soundbite.voice}, ${soundbite.status}` });
  const item = element('li');
  item.append(words, about);
  if (soundbite.status === 'ready') {
    const play = element('button', { className: 'quiet', type: 'button', textContent: 'Play' });
    play.setAttribute('aria-label', `Play: ${soundbite.text}`);
    play.addEventListener('click', () => {
      current++;
      showStatus(soundbite);
      void hear(soundbite);
    });
    item.append(play);
  }
  const remove = element('button', { className: 'quiet', type: 'button', textContent: 'Delete' });
  remove.setAttribute('aria-label', `Delete: ${soundbite.text}`);
  remove.addEventListener('click', async () => {
    const response = await fetch(`soundbites/${soundbite.id}`, { method: 'DELETE' }).catch(() => undefined);
    if (!response?.ok && response?.status !== 404) showProblem({ detail: 'It could not be deleted. Try again.' });
    await showRecent();
  });
  item.append(remove);
  return item;
}

function element(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}
