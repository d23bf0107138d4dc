import { useCallback, useEffect, useRef, useState } from 'react';
import type { StoreOutcome } from '../../dicomweb/store.ts';
import { type UploadProgress, uploadFiles } from '../../dicomweb/upload.ts';

export interface Upload {
  readonly status: 'idle' | 'running' | 'done' | 'cancelled' | 'nothing';
  readonly progress: UploadProgress | undefined;
  /** Stores files; those that could not be opened are reported as failed. */
  readonly start: (files: readonly File[], unreadable?: readonly StoreOutcome[]) => void;
  readonly cancel: () => void;
  readonly dismiss: () => void;
}

/** Runs uploads one after the other; `onStored` is called when one has ended. */
export function useUpload(onStored: () => void): Upload {
  const [status, setStatus] = useState<Upload['status']>('idle');
  const [progress, setProgress] = useState<UploadProgress>();
  const running = useRef<AbortController>(undefined);
  const afterwards = useRef(onStored);
  afterwards.current = onStored;

  const start = useCallback((files: readonly File[], unreadable: readonly StoreOutcome[] = []) => {
    if (running.current) return;
    if (files.length + unreadable.length === 0) {
      setStatus('nothing');
      return;
    }
    const abort = new AbortController();
    running.current = abort;
    setStatus('running');
    uploadFiles(files, { signal: abort.signal, onProgress: setProgress, unreadable })
      .then(setProgress)
      .finally(() => {
        running.current = undefined;
        setStatus(abort.signal.aborted ? 'cancelled' : 'done');
        afterwards.current();
      });
  }, []);

  // Leaving the page in the middle would leave a study half stored: the browser asks first.
  useEffect(() => {
    if (status !== 'running') return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [status]);

  return {
    status,
    progress,
    start,
    cancel: () => running.current?.abort(),
    dismiss: () => {
      setStatus('idle');
      setProgress(undefined);
    },
  };
}
