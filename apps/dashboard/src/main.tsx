import './early-start.ts';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Dashboard } from './app.tsx';
import { queries } from './state.ts';
import { trustOwnFiles } from './trust.ts';
import './style/tokens.css';
import './style/base.css';
import './style/acts.css';
import './style/cards.css';
import './style/promotion.css';
import './style/nouns.css';
import './style/environment.css';
import './style/logs.css';
import './style/palette.css';
import './style/past.css';

trustOwnFiles();
const place = document.getElementById('app');
if (!place) throw new Error('index.html has no #app');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Dashboard />
    </QueryClientProvider>
  </StrictMode>,
);
