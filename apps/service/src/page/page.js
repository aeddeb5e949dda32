/** The page at `/`: type a text, watch it being made, hear it. Plain modules, no library. Paths are relative: an edge may prefix them. */
import { named, showLately } from './lately.js';
import { read } from './service.js';
import { hear, hush } from './sound.js';

const LOOK_MS = 250;
const AWAY_MS = 1000;
const STEPS = ['queued', 'working', 'ready'];

const $ = (id) => document.getElementById(id);
const form = $('form');
const lately = {
  play: (soundbite) => {
    current++;
    showStatus(soundbite);
    void hear(soundbite.id);
  },
  problem: (detail) => showProblem({ detail }),
  again: () => showAll(),
};
let current = 0;

$('text').addEventListener('input', showBytes);
$('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
$('speed').addEventListener('input', () => {
  $('speed-shown').value = `${Number($('speed').value)}×`;
});
$('voice').addEventListener('change', showVoice);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  if ($('speak').getAttribute('aria-disabled') !== 'true') void speak();
});
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void showLately(lately);
});

// After the listeners: a click that comes early must not send the form the browser's own way.
showBytes();
await showAll();

async function showAll() {
  await Promise.all([showVersion(), showVoices(), showLately(lately)]);
}

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
  // On a phone it is below the form.
  $('making').scrollIntoView({ block: 'nearest' });
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
  await Promise.all([showLately(lately), soundbite.status === 'ready' ? hear(soundbite.id) : undefined]);
}

function showStatus(soundbite) {
  const { status, audio, voice, spoken } = soundbite;
  const isOver = status === 'ready' || status === 'failed';
  $('making-none').hidden = true;
  $('steps').hidden = status === 'failed';
  $('making').classList.toggle('making', !isOver);
  for (const item of $('steps').children) {
    const place = STEPS.indexOf(item.dataset.step);
    const here = STEPS.indexOf(status);
    item.classList.toggle('done', here >= 0 && (place < here || status === 'ready'));
    item.classList.toggle('now', place === here && !isOver);
    if (place === here) item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
  }
  const words = {
    queued: 'Queued: a worker will take it in a moment.',
    working: 'Being spoken.',
    ready: 'Ready.',
    failed: `It failed: ${soundbite.reason ?? 'no reason was given'}`,
  };
  $('spoken').textContent = spoken === undefined ? '' : `Said as: ${spoken}`;
  const line = $('status');
  if (line.textContent !== words[status]) line.textContent = words[status];
  line.classList.toggle('failed', status === 'failed');
  $('facts').textContent =
    status === 'ready' ? `${audio.seconds.toFixed(1)} s · ${Math.ceil(audio.bytes / 1024)} KiB · ${named(voice)}` : '';
  if (status !== 'ready') hush();
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
  const copy = Object.assign(document.createElement('textarea'), { value: field.value.slice(0, index), rows: 1 });
  copy.tabIndex = -1;
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

async function showVersion() {
  const version = await read('version', showAll);
  if (version === undefined) return;
  const { release, environment, commit } = version;
  $('place').textContent = environment;
  $('release').textContent = `release ${release.slice(7, 19)}`;
  $('release').title = `${release}, commit ${commit}`;
}

async function showVoices() {
  const list = await read('voices', showAll);
  if (list === undefined || $('voice').dataset.listed) return;
  const options = list.voices.map(({ name, description }) => {
    const option = new Option(named(name), name);
    option.dataset.about = description;
    return option;
  });
  $('voice').replaceChildren(...options);
  $('voice').dataset.listed = 'yes';
  showVoice();
}

function showVoice() {
  $('voice-help').textContent = $('voice').selectedOptions[0]?.dataset.about ?? '';
}
