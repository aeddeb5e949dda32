import type { Component } from './components.ts';
import { requestEvent } from './invoke.ts';
import type { Proving } from './proof.ts';

/** An event that a component answers without doing anything, though its code is loaded for it: a look at its health, or an empty batch. Null: it declares none. */
export async function harmlessEvent(clients: Pick<Proving, 'routes'>, component: Component): Promise<unknown> {
  const { health, queues } = component;
  if (health !== null) return requestEvent(clients, component, { method: 'GET', path: health });
  return queues.length > 0 ? { Records: [] } : null;
}
