import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Dashboard } from './app.tsx';
import { KnownAsker } from './asker.tsx';
import { ShownTime } from './navigation.tsx';
import { queries } from './queries.ts';
import { routeAt } from './route.ts';
import { askFirst } from './state.ts';
import { trustOwnFiles } from './trust.ts';
import './style/tokens.css';
import './style/base.css';
import './style/acts.css';
import './style/cards.css';
import './style/matrix.css';
import './style/promotion.css';
import './style/nouns.css';
import './style/environment.css';
import './style/logs.css';
import './style/palette.css';
import './style/past.css';
import './style/traffic.css';
import './style/demo.css';
import './style/not-yet.css';

/** For so long the first answers are awaited, in ms: a page that is drawn once is there sooner than one that is drawn without them and then with them. */
const firstAnswersWithinMs = 300;

trustOwnFiles();
await Promise.race([askFirst(routeAt(location)), new Promise((done) => setTimeout(done, firstAnswersWithinMs))]);
const place = document.getElementById('app');
if (!place) throw new Error('index.html has no #app');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <ShownTime>
        <KnownAsker>
          <Dashboard />
        </KnownAsker>
      </ShownTime>
    </QueryClientProvider>
  </StrictMode>,
);
