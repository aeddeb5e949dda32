import { Moment } from './moment.tsx';
import { Written } from './written.tsx';

interface ByWhomProps {
  readonly by: string;
  /** When (ISO 8601); absent: that is not on record. */
  readonly at?: string | undefined;
  readonly reason: string;
  /** So many letters of the reason. */
  readonly most?: number | undefined;
}

/** Who decided something, when, and why. */
export const ByWhom = ({ by, at, reason, most }: ByWhomProps) => (
  <>
    by <Written>{by}</Written>
    {at && (
      <>
        {' '}
        <Moment time={at} />
      </>
    )}
    : <Written most={most}>{reason}</Written>
  </>
);
