//! A test of each name, in a module of its own for each part of the suite.

macro_rules! each {
    ($fresh:path; $($module:ident { $($test:ident,)* })*) => {$(
        mod $module {
            $(#[tokio::test]
            async fn $test() {
                let (world, _kept) = $fresh().await;
                $crate::conformance::$module::$test(world).await;
            })*
        }
    )*};
}

pub(crate) use each;
