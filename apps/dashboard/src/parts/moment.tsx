import { distanceText } from '@soundbite/model/page/distance-text.ts';
import { exactTime } from './exact-time.ts';
import { useShownTime } from './now.ts';
import { spanText } from './spans.ts';

/** How far from now, or from the time that is shown, a time (ISO 8601) is, with the exact one as a tooltip. */
export const Moment = ({ time }: { readonly time: string }) => (
  <time dateTime={time} title={exactTime(time)}>
    {useShownTime((now) => distanceText(Date.parse(time), now))}
  </time>
);

/** How long something takes since a time (ISO 8601), as it goes on. */
export const Elapsed = ({ since }: { readonly since: string }) => (
  <span className="number">
    {useShownTime((now) => spanText(Math.floor(Math.max(0, now - Date.parse(since)) / 1000)))}
  </span>
);
