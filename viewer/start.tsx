import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { loadAbout } from './components/not-diagnostic.ts';
import { startTexts } from './texts/start-texts.ts';
import { guardHistory } from './workspace/history-guard.ts';

/** Renders the application into an element. */
export async function start(root: HTMLElement): Promise<void> {
  void loadAbout();
  await startTexts();
  guardHistory();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
