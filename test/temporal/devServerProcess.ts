/** A process of its own that starts a dev server, prints its pid and ends. Argument: the options as JSON. */
import { type DevServerOptions, startDevServer } from '../../src/temporal/devServer.ts';

const options: DevServerOptions = JSON.parse(process.argv[2]!);
startDevServer(options).then(({ pid }) => {
  process.stdout.write(`${pid}\n`, () => {
    // A detached server holds nothing: this process ends by itself.
    if (!options.detached) process.exit();
  });
});
