import { Go, useRoute } from './navigation.tsx';
import { Freshness } from './parts/freshness.tsx';
import { HomeScreen } from './screens/home/home.tsx';
import { PromotionScreen } from './screens/promotion/promotion.tsx';
import { useAsker } from './state.ts';

/** The page: what its address names, under a bar that says whose it is and whether what it shows is what is. */
export function Dashboard() {
  return (
    <>
      <a className="skip" href="#content">
        To the content
      </a>
      <header className="masthead">
        <Go to={{ screen: 'environments', find: '' }} className="brand">
          SoundBite
        </Go>
        <Freshness />
        <Reader />
      </header>
      <main id="content" tabIndex={-1}>
        <Screen />
      </main>
    </>
  );
}

function Screen() {
  const route = useRoute();
  if (route?.screen === 'environments') return <HomeScreen find={route.find} />;
  if (route?.screen === 'promotion') return <PromotionScreen id={route.id} />;
  return (
    <>
      <h1>There is nothing at this address</h1>
      <p>
        <Go to={{ screen: 'environments', find: '' }}>All environments</Go>
      </p>
    </>
  );
}

/** Who the reader is to the control plane. */
function Reader() {
  const { data } = useAsker();
  if (!data) return null;
  const { name, role, environments } = data;
  return (
    <p className="reader dim">
      <bdi>{name}</bdi>, {role}
      {environments.length > 0 && ` in ${environments.join(', ')}`}
    </p>
  );
}
