import { useCallback, useEffect, useRef, useState } from 'react';
import { type UploadProgress, uploadFiles } from '../../dicomweb/upload.ts';

export interface Upload {
  readonly status: 'idle' | 'running' | 'done' | 'cancelled' | 'nothing';
  readonly progress: UploadProgress | undefined;
  readonly start: (files: File[]) => void;
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

  const start = useCallback((files: File[]) => {
    if (running.current) return;
    if (files.length === 0) {
      setStatus('nothing');
      return;
    }
    const abort = new AbortController();
    running.current = abort;
    setStatus('running');
    uploadFiles(files, { signal: abort.signal, onProgress: setProgress })
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
