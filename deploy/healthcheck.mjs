// Ends with 0 when the server of this container answers /healthz, and with 1 otherwise.
import http from 'node:http';
import https from 'node:https';

const { ISOCENTER_PORT: port = '8080', ISOCENTER_TLS_CERT: certificate } = process.env;
// It asks itself: the name in the certificate is that of the outside.
const options = { host: '127.0.0.1', port, path: '/healthz', timeout: 4000, rejectUnauthorized: false };
const request = (certificate ? https : http).get(options, (response) => {
  process.exit(response.statusCode === 200 ? 0 : 1);
});
request.on('timeout', () => process.exit(1));
request.on('error', () => process.exit(1));
