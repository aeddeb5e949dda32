import type { Component } from './components.ts';
import { httpEvent } from './http-event.ts';

/** An event that a component answers without doing anything, though its code is loaded for it: a look at its health, or an empty batch. */
export const harmlessEvent = ({ kind }: Component): unknown =>
  kind === 'http' ? httpEvent({ method: 'GET', path: '/health' }, Date.now()) : { Records: [] };
