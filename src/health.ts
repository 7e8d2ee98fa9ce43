// Answers on PORT where Slack does not: Heroku ends a web dyno that listens on no port within a minute, and Socket Mode
// needs none.
import { createServer } from 'node:http';

export async function serveHealth(port: number): Promise<{ close(): Promise<void> }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve));
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
