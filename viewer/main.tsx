import '@mantine/core/styles.css';
import './styles.css';
import { beginPreferences } from './dicomweb/preferences.ts';
import { beginSession } from './dicomweb/session.ts';
import { beginStudyViewer } from './screens/study-viewer/load-study-viewer.ts';

// Small on purpose: what takes time to come is asked for here, all at once, before the code that needs it has been read.
const root = document.getElementById('root');
if (root) {
  const application = import('./start.tsx');
  if (window.location.pathname === '/viewer') beginStudyViewer(window.location.search);
  void beginSession().catch(() => {});
  beginPreferences();
  const { start } = await application;
  await start(root);
}
