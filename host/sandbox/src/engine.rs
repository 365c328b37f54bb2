//! wasmtime's settings, each with its reason in `docs/` of wasmtime or in an
//! issue of another plugin host.

use std::{
    thread,
    time::{Duration, Instant},
};

use wasmtime::{
    Config, Engine, EngineWeak, InstanceAllocationStrategy, PoolingAllocationConfig,
    WasmBacktraceDetails,
};

use crate::{Limits, SandboxError};

/// How exactly deadlines are kept.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Elements that one table may have. Python's interpreter needs some ten
/// thousand.
const TABLE_ELEMENTS: usize = 100_000;

/// An engine with its ticker running: pooled where the address space is to be
/// had (6 GiB a memory), on demand otherwise.
pub(crate) fn engine(limits: &Limits) -> Result<Engine, SandboxError> {
    let engine = Engine::new(&config(limits, true)).or_else(|error| {
        tracing::warn!(%error, "no pool of instances: each is allocated on demand");
        Engine::new(&config(limits, false))
    });
    let engine = engine.map_err(|error| SandboxError::Engine(format!("{error:#}")))?;
    start_ticker(&engine)?;
    Ok(engine)
}

fn config(limits: &Limits, pooled: bool) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // No WASI p3; a warm call costs a seventh of what it would.
        .concurrency_support(false)
        .memory_init_cow(true)
        .native_unwind_info(false)
        .max_wasm_stack(limits.stack)
        .wasm_backtrace_details(WasmBacktraceDetails::Enable)
        // A replay gives the same bits on every machine.
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false);
    if pooled {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(limits)));
    }
    config
}

/// The defaults (one memory and one table a module) refuse Python and components
/// that were composed of several.
fn pool(limits: &Limits) -> PoolingAllocationConfig {
    let n = limits.instances.max(1);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(n)
        .total_memories(n * 2)
        .total_tables(n * 4)
        .total_core_instances(n * 4)
        .total_gc_heaps(n)
        .max_memories_per_component(4)
        .max_tables_per_component(16)
        .max_core_instances_per_component(32)
        .max_memory_size(limits.memory)
        .table_elements(TABLE_ELEMENTS)
        // Clearing a page is a fifth of the cost of meeting it anew.
        .linear_memory_keep_resident(4 << 20)
        .table_keep_resident(64 << 10);
    pool
}

fn start_ticker(engine: &Engine) -> Result<(), SandboxError> {
    let weak = engine.weak();
    thread::Builder::new()
        .name("runnel-epoch".to_owned())
        .spawn(move || tick(&weak))
        .map(drop)
        .map_err(|error| SandboxError::Engine(format!("no thread for the deadlines: {error}")))
}

/// Counts ticks of wall time until the engine is gone. A thread that was not
/// scheduled for a while makes up for it, so that deadlines do not stretch on a
/// busy machine.
fn tick(engine: &EngineWeak) {
    let start = Instant::now();
    let mut counted = 0;
    loop {
        thread::sleep(TICK);
        let Some(engine) = engine.upgrade() else {
            return;
        };
        let due = start.elapsed().as_millis() / TICK.as_millis();
        while counted < due {
            engine.increment_epoch();
            counted += 1;
        }
    }
}

/// A deadline in ticks. One more than fits, since the current tick has begun.
pub(crate) fn ticks(deadline: Duration) -> u64 {
    let ticks = deadline.as_millis().div_ceil(TICK.as_millis());
    u64::try_from(ticks)
        .unwrap_or(u64::MAX / 2)
        .min(u64::MAX / 2)
        + 1
}
