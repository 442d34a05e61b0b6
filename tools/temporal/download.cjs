// Lets the Temporal SDK download a server: it only does so as part of starting one, which is why this is a process of its own
// (bounded from outside, and without leaving an SDK runtime behind in the caller). Arguments: dev|test FOLDER VERSION
const { TestWorkflowEnvironment } = require('@temporalio/testing');

const [kind, downloadDir, version] = process.argv.slice(2);
const server = { executable: { type: 'cached-download', downloadDir, version } };
const start = kind === 'test' ? TestWorkflowEnvironment.createTimeSkipping({ server }) : TestWorkflowEnvironment.createLocal({ server });
start
  .then((environment) => environment.teardown())
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
