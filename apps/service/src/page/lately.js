/** What was made lately, newest first. */
import { read } from './service.js';

const list = document.getElementById('recent');
const none = document.getElementById('recent-none');
const HOW_MANY = 8;
const SPANS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const ages = new Intl.RelativeTimeFormat('en', { style: 'short' });

/** Shows the list as it is now. `play` hears of the one that somebody wants to hear, `problem` of what went wrong, `again` makes the whole page anew. */
export async function showLately(does) {
  const lately = await read(`soundbites?limit=${HOW_MANY}`, does.again);
  if (lately === undefined) {
    if (list.children.length === 0) none.textContent = 'It is not known yet: the service does not answer.';
    return;
  }
  list.replaceChildren(...lately.soundbites.map((soundbite) => item(soundbite, does)));
  none.textContent = 'Nothing yet. What is spoken here is listed here.';
  none.hidden = lately.soundbites.length > 0;
}

function item(soundbite, does) {
  const { text } = soundbite;
  const line = element('li', { className: soundbite.status });
  line.append(element('span', { className: 'words', textContent: text, title: text }), about(soundbite));
  if (soundbite.status === 'ready') line.append(button('Play', text, () => does.play(soundbite)));
  line.append(button('Delete', text, () => forget(soundbite, does)));
  return line;
}

/** `Amelia · 4.3 s · 2 minutes ago` */
function about({ voice, status, audio, reason, createdAt }) {
  const line = element('span', { className: 'about' });
  const what = { failed: `failed: ${reason ?? 'no reason was given'}`, ready: `${audio?.seconds.toFixed(1)} s` };
  const state = element('span', { className: 'state', textContent: what[status] ?? 'on its way' });
  const time = element('time', { dateTime: createdAt, textContent: age(createdAt) });
  time.title = new Date(createdAt).toLocaleString();
  line.append(named(voice), ' · ', state, ' · ', time);
  return line;
}

function age(createdAt) {
  const seconds = (Date.now() - Date.parse(createdAt)) / 1000;
  const span = SPANS.find(([, least]) => seconds >= least);
  return span === undefined ? 'just now' : ages.format(-Math.floor(seconds / span[1]), span[0]);
}

async function forget({ id }, does) {
  const response = await fetch(`soundbites/${id}`, { method: 'DELETE' }).catch(() => undefined);
  if (!response?.ok && response?.status !== 404) does.problem('It could not be deleted. Try again.');
  await showLately(does);
  // The button that had the focus is gone.
  document.getElementById('recent-title').focus();
}

function button(name, text, act) {
  const made = element('button', { className: 'quiet', type: 'button', textContent: name });
  made.setAttribute('aria-label', `${name}: ${text}`);
  made.addEventListener('click', act);
  return made;
}

const element = (name, properties = {}) => Object.assign(document.createElement(name), properties);

/** `amelia` as people write it. */
export const named = (voice) => `${voice[0].toUpperCase()}${voice.slice(1)}`;
