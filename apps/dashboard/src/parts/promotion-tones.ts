import type { PromotionView } from '@soundbite/client';
import type { StateTone } from './state-mark.tsx';

/** How each state of a promotion looks; what is not here yet is not broken, nor what a person stopped. */
export const promotionTones: Record<PromotionView['state'], StateTone> = {
  waiting: 'waiting',
  running: 'busy',
  succeeded: 'healthy',
  failed: 'down',
  errored: 'down',
  aborted: 'degraded',
};
