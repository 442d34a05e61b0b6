import { routerContract } from '../contract/routerContract.ts';
import { startFixture } from './localRouter/fixture.ts';

routerContract('the local router', async () => {
  const fixture = await startFixture();
  return {
    router: fixture.provider,
    async restart() {
      await fixture.restart();
      return fixture.provider;
    },
    close: fixture.close,
  };
});
