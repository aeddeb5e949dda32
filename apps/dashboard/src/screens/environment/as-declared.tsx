import type { EnvironmentView } from '@soundbite/client';
import { Written } from '../../parts/written.tsx';
import { optionsText } from './options-text.ts';

/** How it is declared: where it stands, and what a promotion into it has to pass. */
export const AsDeclared = ({ view: { declaration } }: { readonly view: EnvironmentView }) => {
  const { cloud, runtime, gates, settings, supersede, stacks } = declaration;
  return (
    <section>
      <h2>As declared</h2>
      <dl className="declared">
        <Fact name="stands on">
          {cloud.kind} account {cloud.account}, {cloud.region}; {keptBy[runtime]}
        </Fact>
        {stacks && <Fact name="stacks">{stacks.join(', ')}</Fact>}
        <Fact name="protected">{declaration.protected ? 'against deletion, and destroy asks for its name' : 'no'}</Fact>
        {supersede && <Fact name="supersedes">a newer release closes what waits with an older one</Fact>}
        <Fact name="settings">
          <Written most={4000}>{optionsText(settings) || 'those of all'}</Written>
        </Fact>
      </dl>
      <h3>Gates, in their order</h3>
      {gates.length === 0 && <p>Nothing is asked: whatever follows the order enters.</p>}
      <ol className="spots">
        {gates.map(({ gate, options }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same gate may stand there twice.
          <li key={`${gate} ${index}`}>
            <strong>{gate}</strong>
            <span>
              <Written>{optionsText(options) || 'as it is by default'}</Written>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
};

const keptBy: Record<EnvironmentView['declaration']['runtime'], string> = {
  process: 'processes on this machine',
  compose: 'containers on this machine',
  aws: 'Lambda',
};

const Fact = ({ name, children }: { readonly name: string; readonly children: React.ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
