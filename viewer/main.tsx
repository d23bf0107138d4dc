import '@mantine/core/styles.css';
import './styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { loadAbout } from './components/not-diagnostic.ts';
import { loadStudyViewer } from './screens/study-viewer/load-study-viewer.ts';
import { startTexts } from './texts/start-texts.ts';

const root = document.getElementById('root');
if (root) {
  // A study was asked for: its viewer need not wait for the session.
  if (window.location.pathname === '/viewer') void loadStudyViewer();
  void loadAbout();
  await startTexts();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
