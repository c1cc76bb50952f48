//! First in, first out.

/// A queue. (The standard library's `VecDeque` is several times as large in a module.)
#[derive(Debug)]
pub struct Fifo<T> {
    /// The first ones, the very first at the end.
    front: Vec<T>,
    /// Those behind them, in their order.
    back: Vec<T>,
}

impl<T> Default for Fifo<T> {
    fn default() -> Self {
        Self {
            front: Vec::new(),
            back: Vec::new(),
        }
    }
}

impl<T> Fifo<T> {
    /// Adds one behind the others.
    pub fn push(&mut self, item: T) {
        self.back.push(item);
    }

    /// The first one.
    pub fn first(&mut self) -> Option<&mut T> {
        if self.front.is_empty() {
            while let Some(item) = self.back.pop() {
                self.front.push(item);
            }
        }
        self.front.last_mut()
    }

    /// Takes the first one.
    pub fn pop(&mut self) -> Option<T> {
        self.first()?;
        self.front.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::Fifo;

    #[test]
    fn gives_back_in_order() {
        let mut fifo = Fifo::default();
        let mut taken = Vec::new();
        for number in 0..100 {
            fifo.push(number);
            if number % 3 == 0 {
                assert_eq!(fifo.first().copied(), Some(taken.len()));
                taken.extend(fifo.pop());
            }
        }
        while let Some(number) = fifo.pop() {
            taken.push(number);
        }
        assert_eq!(fifo.pop(), None);
        assert_eq!(taken, (0..100).collect::<Vec<_>>());
    }
}
