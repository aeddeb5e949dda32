import type { StatusEnvironment } from '@soundbite/client';
import { shownText } from '@soundbite/model/page/shown-text.ts';
import { Go } from '../navigation.tsx';
import { Written } from './written.tsx';

type Found = StatusEnvironment['findings'];

/** The first of what is not well, in one line, so that nothing moves when it becomes known; it leads to where all of it stands. */
export function FirstFinding({ environment, findings }: { readonly environment: string; readonly findings: Found }) {
  const [first, ...more] = findings;
  if (!first) return null;
  return (
    <p className="address first-finding" title={shownText(`${first.name}: ${first.detail}`, 500)}>
      {more.length > 0 && <span className="dim">{findings.length} findings: </span>}
      <Go to={{ screen: 'environment', name: environment }}>
        <strong>{first.name}</strong>: <Written>{first.detail}</Written>
      </Go>
    </p>
  );
}

/** All that is not well, each with what helps. */
export const AllFindings = ({ findings }: { readonly findings: Found }) => (
  <section>
    <h2>What is not well</h2>
    {findings.map(({ name, detail, hint }) => (
      <p key={`${name} ${detail}`} className="finding">
        <strong>{name}</strong>: <Written>{detail}</Written>
        {hint && (
          <span className="dim">
            {' '}
            <Written>{hint}</Written>
          </span>
        )}
      </p>
    ))}
  </section>
);
