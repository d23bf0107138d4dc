import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../support/minio.ts';
import { untilAnswering } from '../../support/until-answering.ts';
import { findPeer } from './find-peer.ts';
import { endProcess, makeFolder, stoppedAtEnd } from './running.ts';

/** nginx with static files: what sending such bytes costs at least. */
export interface Nginx {
  /** Without a slash at its end; the files lie below it by their names. */
  readonly root: string;
  stop(): Promise<void>;
}

function configuration(folder: string, port: number): string {
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes auto;
daemon off;
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  default_type application/octet-stream;
  client_body_temp_path ${folder}/temp;
  proxy_temp_path ${folder}/temp;
  fastcgi_temp_path ${folder}/temp;
  uwsgi_temp_path ${folder}/temp;
  scgi_temp_path ${folder}/temp;
  server { listen 127.0.0.1:${port}; root ${folder}/files; }
}
`;
}

/** Serves `files`, bytes by name; or what to install. */
export async function startNginx(
  files: ReadonlyMap<string, Uint8Array>,
  mayInstall: boolean,
): Promise<Nginx | { readonly missing: string }> {
  const found = await findPeer('nginx', ['nginx-light'], { mayInstall });
  if ('missing' in found) return found;
  const { folder, remove } = await makeFolder('nginx-bench-');
  await mkdir(join(folder, 'files'));
  await mkdir(join(folder, 'temp'));
  await writeFile(join(folder, 'files', 'index.html'), 'ready');
  for (const [name, bytes] of files) await writeFile(join(folder, 'files', name), bytes);
  const port = await freePort();
  await writeFile(join(folder, 'nginx.conf'), configuration(folder, port));
  const child = spawn(found.path, ['-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')], {
    stdio: 'ignore',
  });
  const stop = stoppedAtEnd(async () => {
    await endProcess(child);
    await remove();
  });
  const root = `http://127.0.0.1:${port}`;
  await untilAnswering(`${root}/`, child);
  return { root, stop };
}
