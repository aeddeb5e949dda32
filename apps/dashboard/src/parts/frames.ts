const waiting: (() => void)[] = [];

/** Does what draws much one after the other, each in a frame of its own: between them a slow device answers a key. */
export function inOwnFrame(draw: () => void): void {
  waiting.push(draw);
  if (waiting.length === 1) requestAnimationFrame(next);
}

function next(): void {
  // It is taken away afterwards: what it asks for meanwhile waits for another frame.
  waiting[0]?.();
  waiting.shift();
  if (waiting.length > 0) requestAnimationFrame(next);
}

/** Does it when the answer to a key or a click is on its way to the screen: what it draws does not hold that up. */
export function afterPaint(draw: () => void): void {
  requestAnimationFrame(() => setTimeout(draw));
}
