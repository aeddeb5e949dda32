import type { StatusEnvironment } from '@soundbite/client';
import { shownText } from '@soundbite/model/page/shown-text.ts';
import { useState } from 'react';
import { Go } from '../navigation.tsx';
import { WebLink } from './web-link.tsx';
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

/**
 * How an environment answers, in one line that has its place before that is known: where, or what is not well. All of it unfolds, at once where it is known when
 * the screen is shown.
 */
export function Answering({ seen }: { readonly seen: Pick<StatusEnvironment, 'url' | 'findings'> | undefined }) {
  const [isKnown] = useState(seen !== undefined);
  const address = seen?.url ? <WebLink url={seen.url}>{seen.url}</WebLink> : <>&nbsp;</>;
  const first = seen?.findings[0];
  if (!seen || !first) return <p className="address">{address}</p>;
  return (
    <details className="not-well" open={isKnown}>
      <summary>
        Not well
        <span>
          : <strong>{first.name}</strong>: <Written>{first.detail}</Written>
        </span>
      </summary>
      {seen.findings.map(({ name, detail, hint }) => (
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
      <p>{address}</p>
    </details>
  );
}
