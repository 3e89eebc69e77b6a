//! A few bytes from process 0 to all others, before they have an engine to talk by.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long processes wait for each other: those of a cluster do not start at the same moment.
const PATIENCE: Duration = Duration::from_mins(2);
const PAUSE: Duration = Duration::from_millis(50);

/// What process 0 says, in every process. It listens at this address (`HOST:PORT`) until the others have heard it.
///
/// # Errors
/// If the address cannot be listened at, or reached; if somebody does not come in two minutes.
pub fn hear<const N: usize>(
    address: &str,
    (rank, count): (usize, usize),
    message: impl FnOnce() -> Result<[u8; N]>,
) -> Result<[u8; N]> {
    if rank > 0 {
        return listen_to_0(address);
    }
    let message = message()?;
    let listener =
        TcpListener::bind(address).with_context(|| format!("cannot listen at {address}"))?;
    listener.set_nonblocking(true)?;
    let (deadline, mut others) = (Instant::now() + PATIENCE, count - 1);
    while others > 0 {
        match listener.accept() {
            Ok((mut stream, _)) => {
                stream.write_all(&message)?;
                others -= 1;
            }
            Err(_) if Instant::now() < deadline => sleep(PAUSE),
            Err(_) => bail!("{others} of {count} processes have not come to {address}"),
        }
    }
    Ok(message)
}

fn listen_to_0<const N: usize>(address: &str) -> Result<[u8; N]> {
    let deadline = Instant::now() + PATIENCE;
    let mut stream = loop {
        match TcpStream::connect(address) {
            Ok(stream) => break stream,
            Err(_) if Instant::now() < deadline => sleep(PAUSE),
            Err(error) => {
                return Err(error).with_context(|| format!("process 0 is not at {address}"));
            }
        }
    };
    let mut message = [0; N];
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.read_exact(&mut message).with_context(|| format!("process 0 at {address} has gone"))?;
    Ok(message)
}
