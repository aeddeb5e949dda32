import { useEffect, useRef } from 'react';
import { useAsker } from './asker.tsx';
import { Go, usePathname, useRoute } from './navigation.tsx';
import { Keys } from './palette/keys.tsx';
import { AskerText } from './parts/asker-text.tsx';
import { Boundary } from './parts/boundary.tsx';
import { Freshness } from './parts/freshness.tsx';
import { Earlier, PastBand } from './parts/past.tsx';
import { ApprovalsScreen } from './screens/approvals/approvals.tsx';
import { awaitedIn } from './screens/approvals/awaited.ts';
import { EnvironmentScreen } from './screens/environment/environment.tsx';
import { FreezesScreen } from './screens/freezes/freezes.tsx';
import { HomeScreen } from './screens/home/home.tsx';
import { LedgerScreen } from './screens/ledger/ledger.tsx';
import { PeopleScreen } from './screens/people/people.tsx';
import { PromotionScreen } from './screens/promotion/promotion.tsx';
import { MeantRelease } from './screens/release/meant-release.tsx';
import { ReleasesScreen } from './screens/releases/releases.tsx';
import { usePresent } from './state.ts';
import { titleOf } from './title.ts';

/** The page: what its address names, under a bar that says whose it is and whether what it shows is what is. */
export function Dashboard() {
  const pathname = usePathname();
  const title = titleOf(useRoute());
  const shown = useRef(pathname);
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    // What had the focus went with the screen before: the next key begins at what is shown, not at the top of the page.
    if (shown.current !== pathname && document.activeElement === document.body)
      document.getElementById('content')?.focus({ preventScroll: true });
    shown.current = pathname;
  }, [pathname]);
  return (
    <>
      <a className="skip" href="#content">
        To the content
      </a>
      <header className="masthead">
        <Go to={{ screen: 'environments' }} className="brand">
          SoundBite
        </Go>
        <Places />
        <Earlier />
        <Keys />
        <Freshness />
        <Reader />
      </header>
      <PastBand />
      <main id="content" tabIndex={-1}>
        <Boundary key={pathname}>
          <Screen />
        </Boundary>
      </main>
    </>
  );
}

/** The nouns, each with what waits there for the reader. */
function Places() {
  const route = useRoute();
  const { data } = usePresent();
  const asker = useAsker();
  const mine = data ? awaitedIn(data, asker).filter(({ isMine }) => isMine).length : 0;
  const current = (screen: string) => (route?.screen === screen ? 'page' : undefined);
  const screen = route?.screen;
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the row is longer than the screen.
    const here = screen && nav.current?.querySelector<HTMLElement>('[aria-current]');
    // With a little of the next one.
    if (nav.current && here) nav.current.scrollLeft = here.offsetLeft + here.offsetWidth + 56 - nav.current.clientWidth;
  }, [screen]);
  return (
    <nav aria-label="Screens" ref={nav}>
      <Go to={{ screen: 'environments' }} aria-current={current('environments')}>
        Environments
      </Go>
      <Go to={{ screen: 'releases' }} aria-current={current('releases')}>
        Releases
      </Go>
      <Go to={{ screen: 'approvals' }} aria-current={current('approvals')}>
        Approvals{mine > 0 && <span className="count"> {mine}</span>}
      </Go>
      <Go to={{ screen: 'freezes' }} aria-current={current('freezes')} className="second">
        Freezes
      </Go>
      <Go to={{ screen: 'ledger' }} aria-current={current('ledger')}>
        Ledger
      </Go>
      <Go to={{ screen: 'people' }} aria-current={current('people')}>
        People
      </Go>
    </nav>
  );
}

function Screen() {
  const route = useRoute();
  if (route?.screen === 'environments') return <HomeScreen find={route.find ?? ''} />;
  if (route?.screen === 'environment') return <EnvironmentScreen key={route.name} name={route.name} />;
  if (route?.screen === 'releases') return <ReleasesScreen />;
  if (route?.screen === 'release') return <MeantRelease name={route.release} />;
  if (route?.screen === 'approvals') return <ApprovalsScreen />;
  if (route?.screen === 'freezes') return <FreezesScreen />;
  if (route?.screen === 'ledger') return <LedgerScreen find={route.find ?? ''} />;
  if (route?.screen === 'people') return <PeopleScreen />;
  if (route?.screen === 'promotion') return <PromotionScreen id={route.id} />;
  return (
    <>
      <h1>There is nothing at this address</h1>
      <p>
        <Go to={{ screen: 'environments' }}>All environments</Go>
      </p>
    </>
  );
}

/** Who the reader is to the control plane. A phone has no room for it: there the screen of people says it. */
function Reader() {
  const data = useAsker();
  // Its place is kept, so that nothing moves once it is known.
  if (!data) return <p className="reader">&nbsp;</p>;
  return (
    <p className="reader dim">
      <AskerText asker={data} />
    </p>
  );
}
