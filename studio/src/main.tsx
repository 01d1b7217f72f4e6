import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, passing, whoAmI } from './api/client';
import { connection } from './api/connection';
import { App } from './app/app';
import { Boundary } from './app/boundary';
import { firstLanguage, loadCatalogues, setLanguage } from './i18n';
import { startPreferences } from './state/preferences';
import './fonts.css';
import './tokens.css';
import './ui/ui.css';
import './ui/hallmark.css';
import './app/frame.css';

startPreferences();

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // Events tell what changed; a read is asked again when the window is looked at, and costs a 304.
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      retry: (tries, error) => tries < 2 && passing(error) && !(error instanceof ApiError && error.status === 0),
    },
  },
});

connection.subscribe((now, before) => {
  if (now.link === 'alive' && (before.link === 'lost' || before.link === 'signed-out')) void client.invalidateQueries();
});

// Asked first and beside the words: a stranger sees the sign-in page at once, and nothing else is asked for him.
const signedIn = whoAmI().then(
  () => {},
  () => {},
);

// A failed catalogue leaves keys on the page: better than nothing, and the boundary's English still tells what to do.
await setLanguage(firstLanguage()).catch(() => {});
await Promise.all([loadCatalogues(['frame', 'messages']).catch(() => {}), signedIn]);

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Boundary>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </Boundary>
  </StrictMode>,
);
