import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import http from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** OHIF's built app and, on the same origin, the DICOMweb server that it shows; as a hospital's reverse proxy has them. */
export interface OhifHost {
  /** Without a slash at its end. */
  url: string;
  close(): Promise<void>;
}

const PREFIX = '/dicom-web';

const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** OHIF's own defaults for a DICOMweb server, as far as they exist; nothing is set to spare the server. */
const CONFIGURATION = {
  routerBasename: '/',
  extensions: [],
  modes: [],
  showStudyList: true,
  showWarningMessageForCrossOrigin: false,
  showCPUFallbackMessage: false,
  investigationalUseDialog: { option: 'never' },
  maxNumberOfWebWorkers: 2,
  defaultDataSourceName: 'dicomweb',
  dataSources: [
    {
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: 'dicomweb',
      configuration: {
        friendlyName: 'server under test',
        name: 'dicomweb',
        qidoRoot: PREFIX,
        wadoRoot: PREFIX,
        wadoUriRoot: '/wado',
        qidoSupportsIncludeField: true,
        supportsFuzzyMatching: true,
        supportsWildcard: true,
        imageRendering: 'wadors',
        thumbnailRendering: 'wadors',
        enableStudyLazyLoad: true,
        dicomUploadEnabled: true,
        singlepart: 'bulkdata,video,pdf',
        bulkDataURI: { enabled: true },
      },
    },
  ],
};

/**
 * Serves the app in the folder `dist`; requests below /dicom-web and /wado go to `server`. `isCompressed`: its files go out as
 * gzip, made once, as from a web server that is set up for it.
 */
export async function startOhifHost(
  dist: string,
  server: string,
  { isCompressed = false }: { isCompressed?: boolean } = {},
): Promise<OhifHost> {
  const compressed = isCompressed ? new Map<string, Promise<Buffer>>() : undefined;
  const host = http.createServer((request, response) => {
    const path = request.url ?? '/';
    if (path.startsWith(PREFIX) || path.startsWith('/wado')) pass(server, request, response);
    else void serveFile(dist, path, response, compressed);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const address = host.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        host.close(() => resolve());
        host.closeAllConnections();
      }),
  };
}

function pass(server: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const { method, headers, url } = request;
  const outgoing = http.request(new URL(url ?? '/', server), { method, headers }, (incoming) => {
    response.writeHead(incoming.statusCode ?? 502, incoming.headers);
    // A page that is left breaks off what it had asked for.
    pipeline(incoming, response, () => {});
  });
  outgoing.on('error', () => response.destroy());
  response.once('close', () => outgoing.destroy());
  request.pipe(outgoing);
}

const compress = promisify<Buffer, Buffer>(gzip);

/** `compressed`: what was compressed before, by file; undefined when nothing is to be. */
async function serveFile(
  dist: string,
  path: string,
  response: http.ServerResponse,
  compressed: Map<string, Promise<Buffer>> | undefined,
): Promise<void> {
  const { pathname } = new URL(path, 'http://localhost');
  if (pathname === '/app-config.js') {
    response.writeHead(200, { 'Content-Type': 'text/javascript' });
    response.end(`window.config = ${JSON.stringify(CONFIGURATION)};`);
    return;
  }
  const file = normalize(join(dist, decodeURIComponent(pathname)));
  const found = file.startsWith(dist + sep) && (await stat(file).catch(() => undefined))?.isFile();
  if (found && compressed) {
    const made = compressed.get(file) ?? readFile(file).then((bytes) => compress(bytes));
    compressed.set(file, made);
    const body = await made;
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, {
      'Content-Type': type,
      'Content-Encoding': 'gzip',
      'Content-Length': body.length,
    });
    response.end(body);
    return;
  }
  if (found) {
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
    pipeline(createReadStream(file), response, () => {});
    return;
  }
  // Its screens have paths of their own, which are no files.
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(await readFile(join(dist, 'index.html')));
}
