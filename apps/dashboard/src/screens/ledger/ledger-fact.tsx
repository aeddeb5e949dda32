import type { LedgerEntry } from '@soundbite/client';
import { Go } from '../../navigation.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Unfolded } from '../../parts/unfolded.tsx';
import { Written } from '../../parts/written.tsx';
import { saidBy, subjectOfEntry } from './said-by.ts';

/** One fact of the ledger: what it is about, where, by whom and why; down to its hashes. */
export function LedgerFact({ entry }: { readonly entry: LedgerEntry }) {
  const { sequence, at, kind, previous, hash, payload } = entry;
  const { text, route } = subjectOfEntry(entry);
  const { environment, by, why } = saidBy(entry);
  const shown = <Written most={80}>{text}</Written>;
  return (
    <li className="entry">
      <span className="number dim">{sequence}</span>
      <span className="dim">
        <Moment time={at} />
      </span>
      <div>
        <p>
          <strong>
            <Written>{kind}</Written>
          </strong>{' '}
          {route ? (
            <Go to={route} title={entry.subject}>
              {shown}
            </Go>
          ) : (
            shown
          )}
          {environment && (
            <>
              {' '}
              in <Written>{environment}</Written>
            </>
          )}
          {by && (
            <span className="dim">
              {' '}
              by <Written>{by}</Written>
            </span>
          )}
        </p>
        {why && (
          <p>
            <Written>{why}</Written>
          </p>
        )}
        <Unfolded name={`entry-${entry.sequence}`} summary="Payload and hashes">
          {() => (
            <>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by the keyboard, too. */}
              <pre tabIndex={0}>
                <Written most={50_000}>{JSON.stringify(payload, null, 2)}</Written>
              </pre>
              <dl className="facts">
                <dt>at</dt>
                <dd>{at}</dd>
                <dt>hash</dt>
                <dd>
                  <code>{hash}</code>
                </dd>
                <dt>of the one before</dt>
                <dd>{previous === null ? 'none: it is the first' : <code>{previous}</code>}</dd>
              </dl>
            </>
          )}
        </Unfolded>
      </div>
    </li>
  );
}
