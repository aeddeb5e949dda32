/** The player, and the sound's shape above it, which fills while it plays. */

const BARS = 160;

const player = document.getElementById('player');
const canvas = document.getElementById('wave');
let peaks = [];
let shown = 0; // the sound that was asked for last

player.addEventListener('timeupdate', draw);
player.addEventListener('seeked', draw);
player.addEventListener('play', function frame() {
  draw();
  if (!player.paused) requestAnimationFrame(frame);
});
canvas.addEventListener('click', (event) => {
  const { left, width } = canvas.getBoundingClientRect();
  if (Number.isFinite(player.duration)) player.currentTime = ((event.clientX - left) / width) * player.duration;
});
for (const what of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
  matchMedia(what).addEventListener('change', draw);

/** Plays a soundbite that is ready. A browser may ask for a click first: the controls are there. */
export async function hear(id) {
  const run = ++shown;
  player.src = `soundbites/${id}/audio`;
  player.hidden = false;
  const playing = player.play().catch(() => {});
  const found = await peaksOf(id).catch(() => undefined);
  // Decoration: without it the sound is heard all the same.
  if (run === shown && found !== undefined) {
    peaks = found;
    canvas.hidden = false;
    draw();
  }
  await playing;
}

/** Nothing is there to be heard yet. */
export function hush() {
  shown++;
  player.pause();
  player.hidden = true;
  canvas.hidden = true;
}

async function peaksOf(id) {
  const response = await fetch(`soundbites/${id}/audio?stream=1`);
  const context = new OfflineAudioContext(1, 1, 16000);
  const buffer = await context.decodeAudioData(await response.arrayBuffer());
  const samples = buffer.getChannelData(0);
  return Array.from({ length: BARS }, (_, bar) => {
    let most = 0.02;
    const end = ((bar + 1) * samples.length) / BARS;
    for (let at = Math.floor((bar * samples.length) / BARS); at < end; at++)
      most = Math.max(most, Math.abs(samples[at]));
    return most;
  });
}

function draw() {
  if (canvas.hidden) return;
  const pen = canvas.getContext('2d');
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = getComputedStyle(canvas).color;
  const width = canvas.width / BARS;
  const played = player.duration > 0 ? (player.currentTime / player.duration) * BARS : 0;
  for (const [bar, peak] of peaks.entries()) {
    pen.globalAlpha = bar < played ? 1 : 0.4;
    const height = peak * canvas.height;
    pen.fillRect(bar * width, (canvas.height - height) / 2, width * 0.6, height);
  }
}
