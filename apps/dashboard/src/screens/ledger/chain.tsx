import { Moment } from '../../parts/moment.tsx';
import { Problem } from '../../parts/problem.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { counted } from '../../parts/text.ts';
import { Unspoken } from '../../parts/unspoken.tsx';
import { useChain } from '../../state.ts';

/** Whether the chain is whole, as it was last verified from here. Only on demand: all of it is read for that. */
export function Chain() {
  const { data, error, isFetching, refetch } = useChain();
  return (
    <div className="beside" role="status">
      <div>
        {!data && !error && (
          <StateMark tone="unknown">
            {isFetching ? 'being verified…' : 'not verified since this page was opened'}
          </StateMark>
        )}
        {data && (
          <p>
            <StateMark tone={data.whole ? 'healthy' : 'down'}>
              {data.whole ? 'the chain is whole' : `broken at entry ${data.broken}`}
            </StateMark>{' '}
            {data.whole
              ? `${counted(data.entries, 'entry')} verified`
              : 'it was changed, or the one before it was: what the ledger says from there on is not what was written'}{' '}
            <span className="dim">
              <Unspoken>
                <Moment time={data.verified} />
              </Unspoken>
            </span>
          </p>
        )}
        {data?.head && (
          <p className="digest dim">
            {data.whole ? 'newest' : 'its'} hash <code>{data.head}</code>
          </p>
        )}
        {error && <Problem error={error} what="It cannot be verified" />}
      </div>
      <button type="button" disabled={isFetching} onClick={() => refetch()}>
        Verify the chain
      </button>
    </div>
  );
}
