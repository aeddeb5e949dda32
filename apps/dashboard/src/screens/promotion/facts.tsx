import { Problem } from '../../parts/problem.tsx';
import { Unfolded } from '../../parts/unfolded.tsx';
import { useFacts } from '../../state.ts';
import { LedgerFact } from '../ledger/ledger-fact.tsx';

/** Its log: everything that the ledger has of a promotion, the newest first. */
export const Facts = ({ id }: { readonly id: string }) => (
  <section>
    <h2>Log</h2>
    <Unfolded name="record" summary="Everything that is on record of it">
      {() => <AllFacts id={id} />}
    </Unfolded>
  </section>
);

function AllFacts({ id }: { readonly id: string }) {
  const { data, error, isPending } = useFacts(id);
  if (!data) return isPending ? <p className="dim">Reading the ledger…</p> : <Problem error={error} />;
  if (data.entries.length === 0) return <p className="dim">Nothing is on record yet.</p>;
  return (
    <ol className="entries">
      {data.entries.map((entry) => (
        <LedgerFact key={entry.sequence} entry={entry} />
      ))}
    </ol>
  );
}
