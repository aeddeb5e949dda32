import { Moment } from '../../parts/moment.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { counted } from '../../parts/text.ts';
import { Written } from '../../parts/written.tsx';
import { apart, firstOf, type InStacks } from './failed-in-stacks.ts';

/** What CloudFormation said of each resource that failed, the first first; apart from those that were only cancelled because of them. */
export function StackEvents({ of }: { readonly of: InStacks }) {
  const { causes, cancelled } = apart(of);
  return (
    <>
      <ol className="stack-failures" aria-label="What CloudFormation said">
        {causes.map(({ stack, id, type, status, reason, at }) => (
          <li key={`${stack} ${id} ${status} ${at}`}>
            <StateMark tone="down">
              <Written>{id}</Written>
            </StateMark>
            <span className="dim">
              <Written>{type}</Written> in <Written>{stack}</Written>, <code>{status}</code> <Moment time={at} />
            </span>
            <p>
              <Written most={2000}>{reason ?? 'CloudFormation gives no reason'}</Written>
            </p>
          </li>
        ))}
      </ol>
      {cancelled.length > 0 && (
        <p className="dim">
          Only cancelled because of that: <Written most={1000}>{cancelled.map(({ id }) => id).join(', ')}</Written>
        </p>
      )}
      {of.leftOut > 0 && <p className="dim">{counted(of.leftOut, 'more event')}, not on record here</p>}
    </>
  );
}

/** The same in a line. */
export function FirstStackEvent({ of }: { readonly of: InStacks }) {
  const said = firstOf(of);
  if (!said) return null;
  const { id, type, reason } = said.first;
  return (
    <>
      <Written>{id}</Written> (<Written>{type}</Written>):{' '}
      <Written most={120}>{reason ?? 'CloudFormation gives no reason'}</Written>
      {said.more > 0 && `, and ${counted(said.more, 'more resource')}`}
    </>
  );
}
