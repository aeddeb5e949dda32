import type { Component } from './components.ts';
import { httpEvent } from './http-event.ts';

/** An event that a component answers without doing anything, though its code is loaded for it: a look at its health, or an empty batch. Null: it declares none. */
export function harmlessEvent({ health, queues }: Component): unknown {
  if (health !== null) return httpEvent({ method: 'GET', path: health }, Date.now());
  return queues.length > 0 ? { Records: [] } : null;
}
