import { askedOf, type Digest, type PromotionRequest } from '@soundbite/model';
import type { PromotionView } from '../schemas.ts';

/** A promotion that was just asked for. */
export function newView(
  promotion: string,
  request: PromotionRequest,
  { release, previous, rest }: { release: Digest; previous: Digest | null; rest: string[] },
): PromotionView {
  return {
    promotion,
    environment: request.environment,
    kind: request.kind,
    release,
    previous,
    state: 'waiting',
    reason: null,
    waitsFor: null,
    gates: [],
    waitingFor: [],
    admission: null,
    steps: [],
    planned: [],
    createdAt: new Date().toISOString(),
    beganAt: null,
    finishedAt: null,
    actor: request.actor,
    asked: askedOf(request),
    rest,
    next: null,
    revision: 0,
  };
}
