/**
 * Milliseconds that the processor worked for this process during some work, its garbage collection included. Other
 * processes do not count, which makes it steadier than the clock on a busy machine.
 */
export async function cpuTime(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
