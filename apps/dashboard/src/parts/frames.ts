const waiting: (() => void)[] = [];

/** Somebody pressed something since the last frame. */
let isPressed = false;

for (const kind of ['keydown', 'pointerdown'])
  addEventListener(kind, () => (isPressed = true), { capture: true, passive: true });

/** Does what draws much one after the other, each in a frame of its own, and none in the frame that answers a key: so a slow device answers soon. */
export function inOwnFrame(draw: () => void): void {
  waiting.push(draw);
  if (waiting.length > 1) return;
  isPressed = false;
  requestAnimationFrame(next);
}

function next(): void {
  if (isPressed) {
    isPressed = false;
    requestAnimationFrame(next);
    return;
  }
  // It is taken away afterwards: what it asks for meanwhile waits for another frame.
  waiting[0]?.();
  waiting.shift();
  if (waiting.length > 0) requestAnimationFrame(next);
}

/** Does it when the answer to a key or a click is on its way to the screen: what it draws does not hold that up. */
export function afterPaint(draw: () => void): void {
  requestAnimationFrame(() => setTimeout(draw));
}
