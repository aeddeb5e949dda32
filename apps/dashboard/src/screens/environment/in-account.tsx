import type { AccountView } from '@soundbite/client';
import { WebLink } from '../../parts/web-link.tsx';
import { Written } from '../../parts/written.tsx';
import { useAccount } from '../../state.ts';

/** What it has in its account; of a real one, where AWS's console shows it. */
export function InAccount({ name }: { readonly name: string }) {
  const { data } = useAccount(name, true);
  if (!data) return null;
  const { cloud, stacks, unknown } = data;
  return (
    <section>
      <h2>In its account</h2>
      <dl className="declared">
        <div>
          <dt>{stacks.length > 1 ? 'stacks' : 'stack'}</dt>
          <dd>
            {stacks.map((one, index) => (
              <span key={one.name}>
                {index > 0 && ', '}
                <WebLink url={one.url}>{one.name}</WebLink>
              </span>
            ))}
          </dd>
        </div>
        {data.functions.map((one) => (
          <Running key={one.name} one={one} />
        ))}
      </dl>
      {unknown && (
        <p className="rule">
          What runs there cannot be told: <Written>{unknown}</Written>
        </p>
      )}
      {cloud.kind === 'real' && stacks[0]?.url && (
        <p className="dim">
          Links lead into AWS’s console, for who is signed in there to account {cloud.account}; logs of the last hour.
        </p>
      )}
    </section>
  );
}

const Running = ({ one: { component, name, alias, url, logGroup, logsUrl } }: OneFunction) => (
  <div>
    <dt>
      <Written>{component}</Written>
    </dt>
    <dd>
      <WebLink url={url}>{`${name}:${alias}`}</WebLink>, logs in <WebLink url={logsUrl}>{logGroup}</WebLink>
    </dd>
  </div>
);

interface OneFunction {
  readonly one: AccountView['functions'][number];
}
